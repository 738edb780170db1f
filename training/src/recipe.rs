//! The models of this repository: what each is made of, and how it is trained.

use crate::augment::Strength;
use crate::error::TrainingError;
use inkognito_dataset::Dataset;

/// How one model is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Name of the model and of its files.
    pub name: &'static str,
    /// What it is trained on.
    pub dataset: Dataset,
    /// Side of the convolution's kernel, step between its windows, and its channels.
    pub convolution: (usize, usize, usize),
    /// Outputs of each hidden dense layer.
    pub hidden: &'static [usize],
    /// Times that each training image is shown.
    pub epochs: u32,
    /// How strongly images are distorted.
    pub strength: Strength,
}

const DIGITS: Recipe = Recipe {
    name: "digits",
    dataset: Dataset::Mnist,
    convolution: (7, 3, 32),
    hidden: &[64],
    epochs: 60,
    strength: Strength::DIGITS,
};

/// All recipes, the default first.
pub const RECIPES: [Recipe; 3] = [
    DIGITS,
    Recipe {
        name: "fashion",
        dataset: Dataset::FashionMnist,
        epochs: 16,
        strength: Strength::CLOTHES,
        ..DIGITS
    },
    Recipe {
        name: "deep",
        hidden: &[64, 64],
        epochs: 24,
        ..DIGITS
    },
];

impl Recipe {
    /// The recipe of a name.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn named(name: &str) -> Result<Self, TrainingError> {
        let recipe = RECIPES.into_iter().find(|recipe| recipe.name == name);
        recipe.ok_or_else(|| TrainingError::NoRecipe {
            name: name.to_owned(),
            known: RECIPES.map(|recipe| recipe.name).join(", "),
        })
    }
}
