//! The recipes of this repository's models: architecture, data set and training.
//!
//! Not for models that are trained elsewhere, such as in PyTorch.

use crate::augment::Strength;
use crate::error::TrainingError;
use inkognito_dataset::Dataset;

/// The training of one model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// The name of the model and of its files.
    pub name: &'static str,
    /// The data set of the training.
    pub dataset: Dataset,
    /// Kernel, stride and channels of the convolution.
    pub convolution: (usize, usize, usize),
    /// Outputs of each hidden dense layer.
    pub hidden: &'static [usize],
    /// The number of epochs.
    pub epochs: u32,
    /// The limits of the distortions.
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
    /// Returns the recipe of that name.
    ///
    /// # Errors
    ///
    /// [`TrainingError::NoRecipe`] if there is none.
    pub fn named(name: &str) -> Result<Self, TrainingError> {
        let recipe = RECIPES.into_iter().find(|recipe| recipe.name == name);
        recipe.ok_or_else(|| TrainingError::NoRecipe {
            name: name.to_owned(),
            known: RECIPES.map(|recipe| recipe.name).join(", "),
        })
    }
}
