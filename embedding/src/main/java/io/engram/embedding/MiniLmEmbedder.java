package io.engram.embedding;

import ai.onnxruntime.OrtException;
import io.engram.grid.memory.Embedder;
import io.engram.grid.memory.Embedding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// all-MiniLM-L6-v2, quantized: 384 floats of unit length for a text.
///
/// A text longer than 256 word pieces is cut there, as the model was trained; what follows does not count. An empty text has a
/// vector too (that of no words), which is of little use.
///
/// The model is loaded at first use (about a second, some 100 MB outside the heap), so that constructing costs nothing.
/// Safe for use by many threads: each call runs on its caller's thread, on one core.
public final class MiniLmEmbedder implements Embedder {
    private static final int DIMENSION = 384;

    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable MiniLmModel model;
    private volatile boolean closed;

    @Override
    public String model() {
        return "all-MiniLM-L6-v2-q";
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
        if (texts.isEmpty()) return List.of();
        MiniLmModel opened = opened();
        List<Embedding> vectors = new ArrayList<>(texts.size());
        try {
            // One text a run, never padded together: the quantized model scales its activations over the whole input, so in
            // a batch a vector would depend on its neighbours, and the same text would not have the same vector twice.
            for (String text : texts) vectors.add(opened.embed(text));
        } catch (OrtException e) {
            throw new IllegalStateException("embedding " + texts.size() + " texts with " + model() + " failed", e);
        }
        return List.copyOf(vectors);
    }

    private MiniLmModel opened() {
        MiniLmModel present = model;
        if (present != null) return present;
        opening.lock();
        try {
            if (closed) throw new IllegalStateException("the embedder is closed");
            present = model;
            if (present == null) model = present = MiniLmModel.open();
            return present;
        } catch (OrtException | IOException e) {
            throw new IllegalStateException("loading " + model() + " failed", e);
        } finally {
            opening.unlock();
        }
    }

    /// Call when nothing embeds any more.
    @Override
    public void close() {
        opening.lock();
        try {
            closed = true;
            MiniLmModel present = model;
            model = null;
            if (present != null) present.close();
        } finally {
            opening.unlock();
        }
    }
}
