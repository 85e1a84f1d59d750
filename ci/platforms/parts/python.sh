# shellcheck shell=bash
# Programs that are published as Python packages.
# shellcheck disable=SC2154 # given by ci/reach

# python PACKAGE==VERSION: prints the path of a Python that has it, in an environment of its own.
python() {
    local folder
    folder=$(place "python-${1//==/-}")
    if [[ ! -e $folder/ready ]]; then
        needs python3
        rm -rf "${folder:?}"/*
        {
            python3 -m venv "$folder" || not_run "python3 makes no environments (Debian: python3-venv)"
            timeout 600 "$folder/bin/python" -m pip install --quiet "$1" ||
                not_run "the Python package $1 is not to be had"
        } >&2
        touch "$folder/ready"
    fi
    echo "$folder/bin/python"
}
