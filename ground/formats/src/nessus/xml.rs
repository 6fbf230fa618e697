//! A strict pull reader over quick-xml: bounded markup, bounded text, no document types, no foreign entities.

use std::io::{self, BufRead, Read};

use memchr::memchr2;
use quick_xml::XmlVersion;
use quick_xml::escape::{EscapeError, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::Limits;
use super::decode::Utf8Reader;
use super::fault::Fault;
use super::model::Text;

/// What [`Xml::next`] stopped at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// An element begins; ask for its name and attributes.
    Open,
    /// The innermost element ends.
    Close,
    /// The document is complete and nothing follows.
    End,
}

pub struct Xml<R: Read> {
    reader: Reader<Bounded<Utf8Reader<R>>>,
    buffer: Vec<u8>,
    /// The tag that began last without its brackets, and the length of the name in front.
    start: String,
    name_bytes: usize,
    open: OpenElements,
    is_close_pending: bool,
    has_root: bool,
    text: Text,
    replaced_controls: u64,
    mark_bytes: u64,
    depth_max: usize,
    markup_bytes_max: usize,
}

impl<R: Read> Xml<R> {
    pub fn open(inner: R, limits: &Limits) -> Result<Xml<R>, Fault> {
        let (utf8, mark_bytes) = Utf8Reader::open(inner)?;
        let bounded = Bounded {
            inner: utf8,
            left: usize::MAX,
            is_exhausted: false,
            is_at_end: false,
        };
        Ok(Xml {
            reader: Reader::from_reader(bounded),
            buffer: Vec::new(),
            start: String::new(),
            name_bytes: 0,
            open: OpenElements::default(),
            is_close_pending: false,
            has_root: false,
            text: Text::default(),
            replaced_controls: 0,
            mark_bytes,
            depth_max: limits.depth_max,
            markup_bytes_max: limits.markup_bytes_max,
        })
    }

    /// Byte offset behind what has been read.
    pub fn offset(&self) -> u64 {
        self.reader.buffer_position() + self.mark_bytes
    }

    /// How many characters were replaced by U+FFFD so far.
    pub fn replaced(&self) -> u64 {
        self.reader.get_ref().inner.replaced() + self.replaced_controls
    }

    /// Number of open elements.
    pub fn depth(&self) -> usize {
        self.open.depth()
    }

    /// Name of the element that began last.
    pub fn name(&self) -> &str {
        &self.start[..self.name_bytes]
    }

    /// Whether the element that began last has this name.
    pub fn is(&self, name: &str) -> bool {
        self.name() == name
    }

    /// Reads to the next tag. The text before it is collected in `text`, up to `keep` bytes.
    pub fn next(&mut self, keep: usize) -> Result<Node, Fault> {
        self.text = Text::default();
        if self.is_close_pending {
            self.is_close_pending = false;
            self.open.pop();
            return Ok(Node::Close);
        }
        loop {
            self.read_text(keep)?;
            self.buffer.clear();
            self.reader.get_mut().left = self.markup_bytes_max;
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.fault(&error)),
            };
            match event {
                Event::Start(start) => {
                    self.name_bytes = start.name().as_ref().len();
                    self.start.clear();
                    self.start.push_str(&start);
                    return self.begin();
                }
                Event::Empty(start) => {
                    self.name_bytes = start.name().as_ref().len();
                    self.start.clear();
                    self.start.push_str(&start);
                    self.is_close_pending = true;
                    return self.begin();
                }
                Event::End(_) => {
                    self.open.pop();
                    return Ok(Node::Close);
                }
                // Text outside the root was refused when it was read; this is text in disguise.
                Event::CData(_) | Event::GeneralRef(_) if self.open.is_empty() => {
                    return Err(outside(self.has_root, "text"));
                }
                Event::CData(data) => append(&mut self.text, &data.into_inner(), keep),
                Event::Text(text) => append(&mut self.text, &text, keep),
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => predefined(&reference)?,
                        Err(error) => return Err(Fault::Malformed(error.to_string())),
                    };
                    append(&mut self.text, character.encode_utf8(&mut [0; 4]), keep);
                }
                Event::DocType(_) => return Err(Fault::Doctype),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return self.end(),
            }
        }
    }

    /// Reads to the end of the element that began last, dropping everything.
    pub fn skip(&mut self) -> Result<(), Fault> {
        let depth = self.depth();
        while self.depth() >= depth {
            self.next(0)?;
        }
        Ok(())
    }

    /// Reads the text of the element that began last and its end; elements inside are dropped.
    pub fn read_leaf(&mut self, keep: usize) -> Result<Text, Fault> {
        let depth = self.depth();
        let mut whole = Text::default();
        while self.depth() >= depth {
            self.next(keep.saturating_sub(whole.kept.len()))?;
            whole.kept.push_str(&self.text.kept);
            whole.dropped_bytes += self.text.dropped_bytes;
        }
        self.replaced_controls += clean(&mut whole.kept);
        Ok(whole)
    }

    /// The attributes of the element that began last, unescaped, in their order.
    pub fn attributes(&self) -> Result<Vec<(String, String)>, Fault> {
        let mut attributes = Vec::new();
        let start = BytesStart::from_content(self.start.as_str(), self.name_bytes);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| Fault::Malformed(error.to_string()))?;
            let value = attribute
                .normalized_value_with(XmlVersion::Implicit1_0, 1, resolve_predefined_entity)
                .map_err(|error| match error {
                    quick_xml::Error::Escape(EscapeError::UnrecognizedEntity(_, name)) => {
                        Fault::Entity { name }
                    }
                    other => Fault::Malformed(other.to_string()),
                })?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(attributes)
    }

    fn begin(&mut self) -> Result<Node, Fault> {
        if self.open.is_empty() && self.has_root {
            return Err(Fault::TrailingData);
        }
        if self.depth() == self.depth_max {
            return Err(Fault::Limit {
                what: "elements inside each other",
                limit: self.depth_max as u64,
            });
        }
        self.has_root = true;
        self.open.push(&self.start[..self.name_bytes]);
        Ok(Node::Open)
    }

    fn end(&mut self) -> Result<Node, Fault> {
        match self.open.last() {
            Some(inside) => Err(Fault::Truncated {
                inside: inside.to_owned(),
            }),
            None => Ok(Node::End),
        }
    }

    /// Consumes text up to the next tag or reference without ever holding more than `keep` bytes of it.
    fn read_text(&mut self, keep: usize) -> Result<(), Fault> {
        self.reader.get_mut().left = usize::MAX;
        let mut stream = self.reader.stream();
        loop {
            let piece = stream.fill_buf().map_err(Fault::Read)?;
            let end = memchr2(b'<', b'&', piece).unwrap_or(piece.len());
            if end == 0 {
                break;
            }
            let is_outside = self.open.is_empty();
            if is_outside || self.text.kept.len() < keep {
                let text = std::str::from_utf8(&piece[..end])
                    .map_err(|error| Fault::Malformed(error.to_string()))?;
                if is_outside && !text.trim().is_empty() {
                    return Err(outside(self.has_root, text));
                }
                append(&mut self.text, text, keep);
            } else {
                self.text.dropped_bytes += end as u64;
            }
            stream.consume(end);
        }
        Ok(())
    }

    /// Says what an error of the XML reader really means: too large, cut off or malformed.
    fn fault(&self, error: &quick_xml::Error) -> Fault {
        let bounded = self.reader.get_ref();
        if bounded.is_exhausted {
            let limit = self.markup_bytes_max as u64;
            return Fault::Limit {
                what: "bytes in one tag, comment or reference",
                limit,
            };
        }
        if let quick_xml::Error::Io(error) = error {
            return Fault::Read(io::Error::new(error.kind(), error.to_string()));
        }
        if bounded.is_at_end {
            let inside = self.open.last().unwrap_or("the first tag");
            return Fault::Truncated {
                inside: inside.to_owned(),
            };
        }
        Fault::Malformed(error.to_string())
    }
}

fn outside(has_root: bool, text: &str) -> Fault {
    match has_root {
        true => Fault::TrailingData,
        false => Fault::NotNessus {
            found: format!("`{}`", text.trim().chars().take(40).collect::<String>()),
        },
    }
}

fn predefined(name: &str) -> Result<char, Fault> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        other => Err(Fault::Entity {
            name: other.chars().take(64).collect(),
        }),
    }
}

/// Appends whole characters as long as there is room; once something was dropped, nothing more is kept.
fn append(text: &mut Text, more: &str, keep: usize) {
    let room = match text.dropped_bytes {
        0 => keep.saturating_sub(text.kept.len()),
        _ => 0,
    };
    let mut end = room.min(more.len());
    while !more.is_char_boundary(end) {
        end -= 1;
    }
    text.kept.push_str(&more[..end]);
    text.dropped_bytes += (more.len() - end) as u64;
}

/// Makes every line end a line feed and replaces characters that XML forbids; returns how many were replaced.
fn clean(text: &mut String) -> u64 {
    // Nearly all text is plain; the three bytes of U+FFFE and U+FFFF begin with 0xef.
    if text
        .bytes()
        .all(|byte| (byte >= b' ' && byte != 0xef) || matches!(byte, b'\n' | b'\t'))
    {
        return 0;
    }
    let is_forbidden =
        |c: char| (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let count = text.chars().filter(|c| is_forbidden(*c)).count() as u64;
    if count > 0 {
        *text = text
            .chars()
            .map(|c| if is_forbidden(c) { '\u{fffd}' } else { c })
            .collect();
    }
    count
}

/// Names of the open elements, outermost first, in one piece of memory.
#[derive(Default)]
struct OpenElements {
    names: String,
    starts: Vec<usize>,
}

impl OpenElements {
    fn push(&mut self, name: &str) {
        self.starts.push(self.names.len());
        self.names.push_str(name);
    }

    fn pop(&mut self) {
        if let Some(start) = self.starts.pop() {
            self.names.truncate(start);
        }
    }

    fn last(&self) -> Option<&str> {
        self.starts.last().map(|start| &self.names[*start..])
    }

    fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    fn depth(&self) -> usize {
        self.starts.len()
    }
}

/// Hands out at most `left` bytes, so that no single piece of markup can fill the memory.
struct Bounded<R> {
    inner: R,
    left: usize,
    is_exhausted: bool,
    is_at_end: bool,
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let piece = self.inner.fill_buf()?;
        self.is_at_end = piece.is_empty();
        if self.left == 0 && !self.is_at_end {
            self.is_exhausted = true;
            return Err(io::Error::other("the limit of one piece of markup is used up"));
        }
        Ok(&piece[..piece.len().min(self.left)])
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.left = self.left.saturating_sub(bytes);
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(buffer)?;
        self.consume(bytes);
        Ok(bytes)
    }
}
