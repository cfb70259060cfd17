package clusterd.security;

import java.io.IOException;

/** Asks for the next certificate. */
public interface Renewer {

    /**
     * The identity that follows, with a key of its own.
     *
     * @throws RefusedException if no manager gives one
     * @throws IOException      if none answers; ask again
     */
    NodeIdentity renew(NodeIdentity current) throws RefusedException, IOException;
}
