//! Model file, packing, the encrypted circuit and its plain twin.
