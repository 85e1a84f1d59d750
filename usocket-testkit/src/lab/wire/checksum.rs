//! The checksum of the Internet protocols: the complement of the ones' complement sum of 16-bit
//! words.

/// The sum so far. The order of the words does not matter (RFC 1071 2), so that parts are added as
/// they come; only the last one may have an odd number of bytes.
///
/// Source: RFC 1071.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum(u64);

impl Sum {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self::default().and(bytes)
    }

    /// Adds bytes; an odd one at the end counts as the upper half of a word.
    pub(super) fn and(self, bytes: &[u8]) -> Self {
        let words = bytes.chunks(2).map(|word| match *word {
            [high, low] => u64::from(u16::from_be_bytes([high, low])),
            [high] => u64::from(high) << 8,
            _ => 0,
        });
        Self(self.0 + words.sum::<u64>())
    }

    pub(super) fn and_number(self, number: u32) -> Self {
        self.and(&number.to_be_bytes())
    }

    /// What goes into the header's field, which was zero while the sum was made.
    pub(super) fn finish(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        // The loop left 16 bits.
        #[allow(clippy::cast_possible_truncation)]
        {
            !(sum as u16)
        }
    }
}
