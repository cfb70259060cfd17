package clusterd.daemon;

/** What a node that becomes a manager or witness asks a manager. New ones are added at the end. */
public sealed interface MemberRequest {
    /** What it needs to begin: the keys of the authority, if it is a manager. */
    record Introduce() implements MemberRequest {
    }

    /**
     * It listens, and shall be taken into the group.
     *
     * @param host its log listens at
     * @param port its log listens at
     */
    record TakeIn(String host, int port) implements MemberRequest {
    }

    /** Whom to trust: a witness has no session to be told in. */
    record Roots() implements MemberRequest {
    }
}
