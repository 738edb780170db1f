// node-seal (npm): Microsoft SEAL in WebAssembly, with the operations under the names that the project's
// own bench gives them. Runs in a page that serves the package as /seal/.
//
// N = 8192 and six ciphertext primes, as the project's default set; SEAL takes one special prime and has
// no use for more. Its 31-bit ends are those of TenSEAL's tutorial; 192 bits of 218 that SEAL allows.

/** In the page: adds SEAL's operations to `bench`. */
export async function nodeSeal() {
  const { default: load } = await import("/seal/index_throws.js");
  const seal = await load();
  const degree = 8192;
  const primes = Int32Array.from([31, 26, 26, 26, 26, 26, 31]);
  const scale = 2 ** 26;

  const parameters = new seal.EncryptionParameters(seal.SchemeType.ckks);
  parameters.setPolyModulusDegree(degree);
  parameters.setCoeffModulus(seal.CoeffModulus.Create(degree, primes));
  const context = new seal.SEALContext(parameters, true, seal.SecLevelType.tc128);
  if (!context.parametersSet()) throw new Error("SEAL refuses the parameters");

  const generator = new seal.KeyGenerator(context);
  const secret = generator.secretKey();
  const rotationKeys = generator.createGaloisKeysWithSteps(Int32Array.from([1]));
  const relinearizationKeys = generator.createRelinKeys();
  const encoder = new seal.CKKSEncoder(context);
  const encryptor = new seal.Encryptor(context, generator.createPublicKey(), secret);
  const decryptor = new seal.Decryptor(context, secret);
  const evaluator = new seal.Evaluator(context);

  const values = Float64Array.from({ length: degree / 2 }, (_, index) => Math.sin(index));
  const plain = new seal.Plaintext();
  encoder.encode(values, scale, plain);
  const fresh = new seal.Ciphertext();
  encryptor.encryptSymmetric(plain, fresh);
  const product = new seal.Ciphertext();
  evaluator.multiplyPlain(fresh, plain, product);
  const [out, read, encoded] = [new seal.Ciphertext(), new seal.Plaintext(), new seal.Plaintext()];

  // What is timed must also be right: with primes of 26 bits SEAL's own error is about a hundredth.
  evaluator.rotateVector(fresh, 1, rotationKeys, out);
  decryptor.decrypt(out, read);
  const rotated = encoder.decodeFloat64(read);
  if (Math.abs(rotated[0] - values[1]) > 0.1) throw new Error("SEAL's rotation went wrong");

  const repeat = (work) => (times) => {
    for (let time = 0; time < times; time += 1) work();
  };
  globalThis.bench.seal = {
    // As the project's page encrypts: with the secret key, half of the ciphertext a seed.
    encrypt: repeat(() => {
      encoder.encode(values, scale, encoded);
      encryptor.encryptSymmetricSerializable(encoded).delete();
    }),
    decrypt: repeat(() => {
      decryptor.decrypt(fresh, read);
      encoder.decodeFloat64(read);
    }),
    rotate: repeat(() => evaluator.rotateVector(fresh, 1, rotationKeys, out)),
    multiply_plain: repeat(() => evaluator.multiplyPlain(fresh, plain, out)),
    rescale: repeat(() => evaluator.rescaleToNext(product, out)),
    square: repeat(() => {
      evaluator.square(fresh, out);
      evaluator.relinearizeInplace(out, relinearizationKeys);
      evaluator.rescaleToNextInplace(out);
    }),
    galois_key: repeat(() => generator.createGaloisKeysSerializableWithSteps(Int32Array.from([1])).delete()),
  };
}
