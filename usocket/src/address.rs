//! Addresses as numbers, octets and text.
