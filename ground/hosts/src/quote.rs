//! Turns arguments into one line that a POSIX shell reads back as the same arguments.

/// Quotes `words` for `sh`. Works for every byte but zero, which no argument can hold.
pub(crate) fn shell_line(words: &[Vec<u8>]) -> Vec<u8> {
    let mut line = Vec::with_capacity(words.iter().map(|word| word.len() + 3).sum());
    for word in words {
        if !line.is_empty() {
            line.push(b' ');
        }
        quote_into(word, &mut line);
    }
    line
}

fn quote_into(word: &[u8], line: &mut Vec<u8>) {
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:=,@+".contains(b);
    if !word.is_empty() && word.iter().all(is_plain) {
        line.extend_from_slice(word);
        return;
    }
    line.push(b'\'');
    for &byte in word {
        if byte == b'\'' {
            line.extend_from_slice(br"'\''");
        } else {
            line.push(byte);
        }
    }
    line.push(b'\'');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStrExt;

    fn through_shell(words: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut line = shell_line(&[b"printf".to_vec(), b"%s\\0".to_vec()]);
        line.push(b' ');
        line.extend(shell_line(words));
        let output = std::process::Command::new("/bin/sh")
            .arg("-c")
            .arg(std::ffi::OsStr::from_bytes(&line))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mut words: Vec<Vec<u8>> = output.stdout.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
        words.pop();
        words
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_bytes_arrive_unchanged_through_a_real_shell(
            words in prop::collection::vec(prop::collection::vec(1u8..=255, 0..40), 1..8)
        ) {
            prop_assert_eq!(through_shell(&words), words);
        }
    }

    #[test]
    fn what_a_shell_would_read_as_something_else_arrives_unchanged() {
        let words: Vec<Vec<u8>> = [
            "$(id)", "`id`", "a b", "'", "\"", "\\", "*", "~", "#", "&", "\n", "", "!x", "-n",
        ]
        .map(|word| word.as_bytes().to_vec())
        .into();
        assert_eq!(through_shell(&words), words);
    }
}
