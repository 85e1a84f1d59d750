//! What no host can answer.

use super::*;
use crate::lab::answer::icmp::Unfit;

#[test]
fn numbers_of_the_other_family_are_refused() {
    let four: IpAddr = [10, 77, 1, 5].into();
    let six: IpAddr = ip6(5).into();
    let mut network = Network::new();
    let down = IcmpError::for_addr(four, 3, 7).unwrap();
    assert_eq!(network.set(four, Behaviour::Icmp(down)), Ok(()));
    let unfit = network.set(six, Behaviour::Icmp(down)).unwrap_err();
    assert_eq!(
        unfit.to_string(),
        "fd77::5 cannot answer with ICMP 3/7: that is of the other family"
    );
    let unfit = network.set(
        six,
        Answer::from(Behaviour::Echo).first(1, Behaviour::Icmp(down)),
    );
    assert!(matches!(unfit, Err(Unfit::OtherFamily { .. })));
    assert_eq!(network.get(six), None);
    let unreachable = IcmpError::for_addr(six, 1, 3).unwrap();
    assert_eq!(network.set(six, Behaviour::Icmp(unreachable)), Ok(()));
    assert!(network.set(four, Behaviour::Icmp(unreachable)).is_err());
    assert_eq!(network.get(four), Some(&Behaviour::Icmp(down).into()));
}

#[test]
fn only_errors_are_errors() {
    let four: IpAddr = [10, 77, 1, 5].into();
    let unfit = IcmpError::for_addr(four, 8, 0).unwrap_err();
    assert_eq!(unfit.to_string(), "ICMP type 8 reports no error");
    let errors = (0..=255).filter(|kind| IcmpError::for_addr(four, *kind, 0).is_ok());
    assert_eq!(errors.collect::<Vec<u8>>(), [3, 4, 5, 11, 12]);
    let errors = (0..=255).filter(|kind| IcmpError::for_addr(ip6(5).into(), *kind, 0).is_ok());
    assert_eq!(errors.collect::<Vec<u8>>(), (0..128).collect::<Vec<u8>>());
}

#[test]
fn a_way_can_only_be_so_narrow() {
    let mut network = Network::new();
    for (addr, least) in [(IpAddr::from([10, 77, 1, 5]), 68), (ip6(5).into(), 1280)] {
        let answer = Answer::from(Behaviour::Echo);
        assert_eq!(network.set(addr, answer.clone().with_mtu(least)), Ok(()));
        let mtu = least - 1;
        let unfit = network.set(addr, answer.with_mtu(mtu));
        assert_eq!(unfit, Err(Unfit::MtuTooSmall { addr, mtu, least }));
    }
    let nowhere = ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"];
    for addr in nowhere.map(|addr| addr.parse::<IpAddr>().unwrap()) {
        assert_eq!(
            network.set(addr, Behaviour::Echo),
            Err(Unfit::NoHost { addr })
        );
    }
}
