package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// One kind of fault. Several of a kind may be at work at once, on the same nodes too: healing one leaves the others.
interface Breakage<F extends Fault> {
    /// @param id of the planned fault
    /// @throws FaultException it could not be done or was not seen; [#heal] is called afterwards
    Effect inject(int id, F fault, List<ContainerNode> hit) throws FaultException;

    /// @return how the end of it showed
    String heal(int id, F fault, List<ContainerNode> hit) throws FaultException;

    /// Nothing of this kind is at work any longer: everything was healed by other means.
    void forget();
}
