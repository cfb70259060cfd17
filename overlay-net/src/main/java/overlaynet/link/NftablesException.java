package overlaynet.link;

import java.io.IOException;

/** A batch of nftables commands that was refused; none of it was applied. */
public final class NftablesException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param commands what was to be done
     * @param error    what libnftables said, with the place in the text
     */
    public NftablesException(String commands, String error) {
        super("nftables refused:\n" + error.strip() + "\nin the batch:\n" + commands.strip());
    }
}
