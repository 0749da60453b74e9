package io.engram.jepsen.controls.map;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.engram.grid.Reason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/// Errors in the protocol's form.
final class Failures {
    private Failures() {}

    static StatusRuntimeException of(Status.Code code, Reason reason, String message) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason.name()).setDomain("engram.io").build()))
                .build());
    }
}
