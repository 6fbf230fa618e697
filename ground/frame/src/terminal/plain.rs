//! Text from elsewhere, made safe to print.

/// The text without control characters and without characters that turn the direction of writing: what somebody typed
/// into a title must not move the cursor or hide a line of another's terminal. Line breaks stay.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|character| {
            if is_harmful(character) {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}

fn is_harmful(character: char) -> bool {
    let turns_direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (character.is_control() && character != '\n') || turns_direction
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_title_cannot_drive_the_terminal() {
        assert_eq!(
            plain("a\u{1b}[2Jb\r\u{202e}c\nd"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\nd"
        );
        assert_eq!(plain("plain \u{fc}"), "plain \u{fc}");
    }
}
