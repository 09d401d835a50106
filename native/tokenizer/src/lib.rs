//! Notes to what the model sees, and back.
//!
//! Owns the 1/24 grid, the vocabulary (versioned, hashed), the window around a region, the musical
//! features and the copy path that help each head, and the groove that is put back on generated
//! notes. The same code serves training and generation. Knows nothing about weights.

pub mod chord;
pub mod composer;
pub mod features;
pub mod grid;
pub mod groove;
pub mod head_inputs;
pub mod howl;
pub mod identity;
pub mod key;
pub mod matcher;
pub mod part;
pub mod passages;
pub mod piece;
pub mod rotary;
pub mod scene;
pub mod snap;
mod statistics;
pub mod step;
pub mod vocabulary;
pub mod window;

pub use composer::Composer;
pub use head_inputs::HeadInputs;
pub use piece::{Bar, GridNote, Piece, PieceView};
pub use scene::{Controls, Scene, SceneNote, Target, Visibility};
pub use step::{Step, StepFields};
pub use vocabulary::Head;
pub use window::{Window, WindowSpec};
