//! The vault: keys, encryption and decryption for a neural network that reads digits blind.
