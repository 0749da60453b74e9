package io.engram.jepsen.nemesis;

/// Carries out the faults of a schedule on one cluster. Used by one thread.
public interface Nemesis extends AutoCloseable {
    /// Breaks, and returns once the effect was seen. A fault that did not bite is an error, not a fault.
    ///
    /// @throws FaultException it could not be injected, or had no effect; whatever was done of it has been taken back
    Effect inject(Planned fault) throws FaultException;

    /// Mends, and returns once that was seen. Doing it twice is harmless.
    ///
    /// @throws FaultException it is still broken
    Effect heal(Planned fault) throws FaultException;

    /// Everything that was ever broken, whatever is known of it: no node stays cut, paused, starved or dead.
    void healAll() throws FaultException;

    /// Heals all.
    @Override
    void close();
}
