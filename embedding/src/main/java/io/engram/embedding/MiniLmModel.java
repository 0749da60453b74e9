package io.engram.embedding;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.engram.grid.memory.Embedding;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/// The loaded model and its tokenizer. Safe for use by many threads.
///
/// Source: sentence-transformers/all-MiniLM-L6-v2 (mean over the word pieces' vectors, then scaled to unit length).
final class MiniLmModel implements AutoCloseable {
    /// The length that the model was trained for, with its two marks for start and end.
    private static final int MAX_WORD_PIECES = 256;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final HuggingFaceTokenizer tokenizer;

    private MiniLmModel(OrtEnvironment environment, OrtSession session, HuggingFaceTokenizer tokenizer) {
        this.environment = environment;
        this.session = session;
        this.tokenizer = tokenizer;
    }

    static MiniLmModel open() throws OrtException, IOException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        UnpackedLibraries.unlink();
        HuggingFaceTokenizer tokenizer;
        try (InputStream json = resource("all-minilm-l6-v2-q-tokenizer.json")) {
            tokenizer = HuggingFaceTokenizer.newInstance(json, Map.of(
                    "addSpecialTokens", "true", "padding", "false", "truncation", "true",
                    "maxLength", Integer.toString(MAX_WORD_PIECES), "modelMaxLength", Integer.toString(MAX_WORD_PIECES)));
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                InputStream onnx = resource("all-minilm-l6-v2-q.onnx")) {
            // The node gives embedding a thread of its own; a pool inside the runtime would take cores from the log.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            return new MiniLmModel(environment, environment.createSession(onnx.readAllBytes(), options), tokenizer);
        } catch (OrtException | IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream stream = MiniLmModel.class.getClassLoader().getResourceAsStream(name);
        if (stream == null) throw new FileNotFoundException("no resource " + name + " on the class path");
        return stream;
    }

    Embedding embed(String text) throws OrtException {
        Encoding encoding = tokenizer.encode(text);
        Map<String, long[]> wanted = Map.of(
                "input_ids", encoding.getIds(), "attention_mask", encoding.getAttentionMask(),
                "token_type_ids", encoding.getTypeIds());
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : session.getInputNames()) {
                long[] values = wanted.get(name);
                if (values == null) throw new IllegalStateException("the model wants an input that is not known: " + name);
                inputs.put(name, OnnxTensor.createTensor(environment, new long[][] {values}));
            }
            try (OrtSession.Result result = session.run(inputs)) { // closes its tensors too
                FloatBuffer pieces = ((OnnxTensor) result.get(0)).getFloatBuffer();
                return Embedding.of(mean(pieces, encoding.getIds().length));
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /// @param pieces one vector for each word piece, one after the other
    private static float[] mean(FloatBuffer pieces, int count) {
        float[] sum = new float[pieces.remaining() / count];
        for (int piece = 0; piece < count; piece++) for (int i = 0; i < sum.length; i++) sum[i] += pieces.get();
        double squares = 0;
        for (float value : sum) squares += (double) value * value;
        float scale = (float) (1 / Math.sqrt(squares)); // the division by count cancels out
        for (int i = 0; i < sum.length; i++) sum[i] *= scale;
        return sum;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("closing the model failed", e);
        } finally {
            tokenizer.close();
        }
    }
}
