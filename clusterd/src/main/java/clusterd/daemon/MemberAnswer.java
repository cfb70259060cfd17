package clusterd.daemon;

import clusterd.session.ToNode;
import java.util.List;
import java.util.Optional;

/** What a manager answers. New ones are added at the end. */
public sealed interface MemberAnswer {
    /**
     * What is needed to begin.
     *
     * @param group     of the managers' log
     * @param authority as it is kept; {@code ""} for a witness
     * @param dataKeys  as they are kept; none for a witness
     * @param unlockKey opens them; {@code ""} for a witness
     */
    record Introduced(String group, String authority, byte[] dataKeys, String unlockKey)
            implements MemberAnswer {
        /** Copies the bytes. */
        public Introduced {
            dataKeys = dataKeys.clone();
        }

        @Override
        public byte[] dataKeys() {
            return dataKeys.clone();
        }
    }

    /** It is a member of the group now. */
    record TakenIn() implements MemberAnswer {
    }

    /** Another manager leads, at {@code HOST:PORT}; {@code ""} if nobody knows who: ask again. */
    record AskLeader(String address) implements MemberAnswer {
    }

    /**
     * Whom to trust.
     *
     * @param trust    empty: as it is
     * @param managers {@code HOST:PORT} of all
     */
    record Roots(Optional<ToNode.Trust> trust, List<String> managers) implements MemberAnswer {
        /** Copies the list. */
        public Roots {
            managers = List.copyOf(managers);
        }
    }
}
