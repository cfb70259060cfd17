package clusterd.control;

import clusterd.state.Result;

/** The state refused what was asked. */
final class RefusedCommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Result.Refused refused;

    RefusedCommandException(Result.Refused refused) {
        super(refused.message());
        this.refused = refused;
    }

    Result.Refused refused() {
        return refused;
    }
}
