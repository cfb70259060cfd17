package runtime.container;

import java.util.Optional;

/** Tells whether the data folder takes what is written. */
@FunctionalInterface
public interface RoomToWrite {
    /** Always. */
    RoomToWrite AMPLE = Optional::empty;

    /** Why it takes no more, a sentence; empty if it does. */
    Optional<String> lack();
}
