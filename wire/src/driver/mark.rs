//! Marks of control material that one laboratory's instrument sends beside those its family is
//! known by: a text at a place of the message.
//!
//! What must stay true: a mark only ever makes material a control, never a control a patient's.

use crate::record::charset::Charset;

/// A text at a place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMark {
    /// The record's letter (`O`) or the segment's name (`OBR`).
    pub record: String,
    /// The field, counted from 1.
    pub field: usize,
    /// The component, counted from 1; 0 for the whole field.
    pub component: usize,
    /// What stands there.
    pub text: String,
}

/// How bytes are to be read: by which driver, in which characters, and with which marks of control
/// material.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    /// The driver; none lets each message choose its own.
    pub driver: Option<&'static super::Driver>,
    /// The character set that the instrument is set to; none believes what a message declares.
    pub charset: Option<Charset>,
    /// Marks of control material beside the driver's own.
    pub controls: &'a [FieldMark],
}
