package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import org.jspecify.annotations.Nullable;

/// One exact search over a space's rows, as of one position.
///
/// Low dimensions are scored as they are read. Others in two passes: codes give each row a lower and an upper bound of its
/// score; then, from the highest upper bound down, the float32 vectors are read from the record files (each checked against
/// its checksum) until no remaining row can be among the best `k`. The bounds hold for certain, so the answer is that of
/// scoring every row exactly.
final class Search {
    private final SpaceRows space;
    private final long position;
    private final Score score;
    private final float[] query;
    private final int k;
    private final @Nullable RowFilter filter;
    private final double least;
    private final Runnable look;
    private long considered;

    /// @param least lowest score that counts
    /// @param look called for each block of rows, while candidates are put in order, and for each record that is read; may end the search by throwing
    Search(SpaceRows space, long position, float[] query, int k, @Nullable RowFilter filter, double least, Runnable look) {
        this.space = space;
        this.position = position;
        this.query = query;
        this.score = new Score(space.similarity(), query);
        this.k = k;
        this.filter = filter;
        this.least = least;
        this.look = look;
    }

    SegmentStore.Found run(RecordFolder records) throws DamagedFileException {
        BestRows best = new BestRows(k);
        if (space.dimension() < RowVectors.CODES_FROM_DIMENSION) scanFloats(best);
        else rescore(scanCodes(), best, records);
        return new SegmentStore.Found(best.drain(), considered);
    }

    private void scanFloats(BestRows best) {
        for (Block block : space.blocks()) {
            look.run();
            FloatVectors vectors = (FloatVectors) block.vectors();
            int count = block.count();
            for (int slot = 0; slot < count; slot++) {
                if (!block.visible(slot, position) || !passes(block, slot) || !vectors.present(slot)) continue;
                considered++;
                double found = vectors.score(slot, score);
                if (found >= least && found >= best.threshold()) best.offer(found, block, slot);
            }
        }
    }

    private Candidates scanCodes() {
        Candidates candidates = new Candidates(k, least);
        float[] unit = CodedVectors.unit(query, score.queryNorm());
        double slack = CodedVectors.slack(space.dimension());
        for (Block block : space.blocks()) {
            look.run();
            CodedVectors vectors = (CodedVectors) block.vectors();
            int count = block.count();
            for (int slot = 0; slot < count; slot++) {
                if (!block.visible(slot, position) || !passes(block, slot) || !vectors.present(slot)) continue;
                considered++;
                double cosine = vectors.cosine(slot, unit);
                double error = vectors.error(slot) + slack;
                double norm = vectors.norm(slot);
                candidates.offer(score.atLeast(cosine - error, norm), score.atMost(cosine + error, norm), block, slot);
            }
        }
        candidates.order(look);
        return candidates;
    }

    private boolean passes(Block block, int slot) {
        return filter == null || filter.matches(block.attributes(slot));
    }

    private void rescore(Candidates candidates, BestRows best, RecordFolder records) throws DamagedFileException {
        float[] vector = new float[space.dimension()];
        for (; candidates.size() > 0 && candidates.atMost() >= best.threshold(); candidates.remove()) {
            look.run();
            Block block = candidates.block();
            int slot = candidates.slot();
            Records.vector(records.read(block.place(slot), block.length(slot), block.checksum(slot)), vector);
            double found = score.exact(vector, 0, Score.norm(vector));
            if (found >= least) best.offer(found, block, slot);
        }
    }
}
