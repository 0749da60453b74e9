package io.engram.client;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// An answer came whose proof breaks the consistency asked for. It was not handed over: a node is at fault.
public final class ProofRejectedException extends EngramException {
    private static final long serialVersionUID = 1;
    private final transient Proof proof;

    ProofRejectedException(Fault fault, Proof proof, @Nullable Throwable cause) {
        super(fault, cause);
        this.proof = proof;
    }

    static ProofRejectedException because(Proof proof, String why) {
        String message = why + "; answered by node '" + proof.node() + "'";
        return new ProofRejectedException(Fault.local(Status.Code.DATA_LOSS, "PROOF_REJECTED", message), proof, null);
    }

    public Proof proof() {
        return proof;
    }
}
