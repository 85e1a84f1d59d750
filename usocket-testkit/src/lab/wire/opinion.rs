//! A second opinion on the frames that the lab sends, from a crate that shares no code with it.

use std::net::IpAddr;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};

/// What a frame says according to the other crate.
#[derive(Debug)]
pub(crate) struct Opinion {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    pub(crate) said: Said,
}

#[derive(Debug)]
pub(crate) enum Said {
    Tcp {
        header: Box<etherparse::TcpHeader>,
        payload: Vec<u8>,
    },
    Udp {
        source: u16,
        destination: u16,
        payload: Vec<u8>,
    },
    Icmp {
        kind: u8,
        code: u8,
        rest: u32,
        body: Vec<u8>,
    },
}

/// Reads a frame that carries an IP packet.
///
/// # Panics
///
/// If the frame cannot be read, if something is left over, or if a checksum is wrong.
pub(crate) fn on(frame: &[u8]) -> Opinion {
    let packet = SlicedPacket::from_ethernet(frame).expect("a frame");
    match packet.net.as_ref().expect("an IP packet") {
        NetSlice::Ipv4(ip) => {
            let header = ip.header().to_header();
            assert_eq!(usize::from(header.total_len), frame.len() - 14, "length");
            assert_eq!(
                header.header_checksum,
                header.calc_header_checksum(),
                "IPv4 checksum"
            );
            let (source, destination) = (header.source, header.destination);
            let said = match packet.transport.as_ref().expect("a message") {
                TransportSlice::Tcp(tcp) => {
                    assert_eq!(
                        Ok(tcp.checksum()),
                        tcp.calc_checksum_ipv4(source, destination),
                        "TCP checksum"
                    );
                    tcp_said(tcp)
                }
                TransportSlice::Udp(udp) => {
                    let sum =
                        udp.to_header()
                            .calc_checksum_ipv4_raw(source, destination, udp.payload());
                    assert_eq!(Ok(udp.checksum()), sum, "UDP checksum");
                    udp_said(udp)
                }
                TransportSlice::Icmpv4(icmp) => {
                    let sum = icmp.icmp_type().calc_checksum(icmp.payload());
                    assert_eq!(icmp.checksum(), sum, "ICMP checksum");
                    let rest = u32::from_be_bytes(icmp.slice()[4..8].try_into().unwrap());
                    icmp_said(icmp.type_u8(), icmp.code_u8(), rest, &icmp.slice()[8..])
                }
                other => panic!("{other:?}"),
            };
            let (source, destination) = (source.into(), destination.into());
            Opinion {
                source,
                destination,
                said,
            }
        }
        NetSlice::Ipv6(ip) => {
            let header = ip.header().to_header();
            assert_eq!(
                usize::from(header.payload_length),
                frame.len() - 54,
                "length"
            );
            let (source, destination) = (header.source, header.destination);
            let said = match packet.transport.as_ref().expect("a message") {
                TransportSlice::Tcp(tcp) => {
                    assert_eq!(
                        Ok(tcp.checksum()),
                        tcp.calc_checksum_ipv6(source, destination),
                        "TCP checksum"
                    );
                    tcp_said(tcp)
                }
                TransportSlice::Udp(udp) => {
                    let sum =
                        udp.to_header()
                            .calc_checksum_ipv6_raw(source, destination, udp.payload());
                    assert_eq!(Ok(udp.checksum()), sum, "UDP checksum");
                    udp_said(udp)
                }
                TransportSlice::Icmpv6(icmp) => {
                    assert!(
                        icmp.is_checksum_valid(source, destination),
                        "ICMPv6 checksum"
                    );
                    let rest = u32::from_be_bytes(icmp.slice()[4..8].try_into().unwrap());
                    icmp_said(icmp.type_u8(), icmp.code_u8(), rest, &icmp.slice()[8..])
                }
                other => panic!("{other:?}"),
            };
            let (source, destination) = (source.into(), destination.into());
            Opinion {
                source,
                destination,
                said,
            }
        }
        NetSlice::Arp(arp) => panic!("{arp:?}"),
    }
}

fn tcp_said(tcp: &etherparse::TcpSlice<'_>) -> Said {
    Said::Tcp {
        header: Box::new(tcp.to_header()),
        payload: tcp.payload().to_vec(),
    }
}

fn udp_said(udp: &etherparse::UdpSlice<'_>) -> Said {
    Said::Udp {
        source: udp.source_port(),
        destination: udp.destination_port(),
        payload: udp.payload().to_vec(),
    }
}

fn icmp_said(kind: u8, code: u8, rest: u32, body: &[u8]) -> Said {
    let body = body.to_vec();
    Said::Icmp {
        kind,
        code,
        rest,
        body,
    }
}
