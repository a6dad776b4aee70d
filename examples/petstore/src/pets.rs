//! The pets themselves, in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Pets on a page.
const PAGE: usize = 3;

/// A pet as the shop's endpoint shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Pet {
    id: usize,
    r#type: String,
    price: f64,
}

/// A pet that is brought to the shop.
#[derive(Debug, Deserialize)]
pub struct NewPet {
    r#type: Option<String>,
    price: Option<serde_json::Value>,
}

/// What is wrong with a pet.
#[derive(Debug, Serialize)]
pub struct Fault {
    key: &'static str,
    message: &'static str,
}

/// All pets of the shop.
#[derive(Debug)]
pub struct Pets(Mutex<Vec<Pet>>);

impl Default for Pets {
    /// A shop with a dog, a cat and a fish.
    fn default() -> Self {
        let pets = [("dog", 249.99), ("cat", 124.99), ("fish", 0.99)];
        let pets = pets.into_iter().zip(1..).map(|((kind, price), id)| Pet {
            id,
            r#type: kind.to_owned(),
            price,
        });
        Self(Mutex::new(pets.collect()))
    }
}

impl Pets {
    /// The pets of a page, of one type or of all.
    pub fn page(&self, page: usize, kind: Option<&str>) -> Vec<Pet> {
        self.all()
            .iter()
            .filter(|pet| kind.is_none_or(|kind| pet.r#type == kind))
            .skip(page.saturating_sub(1).saturating_mul(PAGE))
            .take(PAGE)
            .cloned()
            .collect()
    }

    /// The pet with this id.
    pub fn find(&self, id: &str) -> Option<Pet> {
        self.all()
            .iter()
            .find(|pet| pet.id.to_string() == id)
            .cloned()
    }

    /// Takes a pet in, and gives it an id.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub fn take_in(&self, pet: NewPet) -> Result<Pet, Vec<Fault>> {
        let kind = pet.r#type.filter(|kind| !kind.is_empty());
        let price = pet.price.and_then(|price| price.as_f64());
        let (Some(kind), Some(price)) = (&kind, price) else {
            let missing = [
                (kind.is_none(), "Pet.type", "the type is missing"),
                (price.is_none(), "Pet.price", "the price is missing"),
            ];
            let missing = missing.into_iter().filter(|(is_missing, ..)| *is_missing);
            return Err(missing
                .map(|(_, key, message)| Fault { key, message })
                .collect());
        };
        let mut all = self.all();
        let pet = Pet {
            id: all.len() + 1,
            r#type: kind.clone(),
            price,
        };
        all.push(pet.clone());
        Ok(pet)
    }

    fn all(&self) -> MutexGuard<'_, Vec<Pet>> {
        // A list of pets is whole at all times, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
