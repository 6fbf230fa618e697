//! Stories of people: founding, coming in, the ways in and their ends, the door that knows who calls, and their pages.

mod clock;
mod door;
mod founding;
mod pages;
mod standing;
mod story;
mod ways_in;
