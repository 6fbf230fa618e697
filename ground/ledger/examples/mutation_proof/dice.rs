//! Numbers that look random and are the same for the same seed, so that every mutant can be made again by its number.

/// SplitMix64 (Steele, Lea, Flood 2014): small, quick and good enough to choose places with.
pub struct Dice(u64);

impl Dice {
    /// The dice of one mutant.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
        dice.next();
        dice
    }

    /// Any number of 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    /// True this often in a hundred.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several; there must be one.
    pub fn one<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }

    /// A place and a length of at least one within `end` bytes; short lengths as often as long ones.
    pub fn range(&mut self, end: usize) -> std::ops::Range<usize> {
        let start = self.below(end);
        let bits = self.below(16);
        let length = 1 + self.below(1 << bits);
        start..(start + length).min(end)
    }
}
