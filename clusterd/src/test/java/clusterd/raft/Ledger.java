package clusterd.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A machine that keeps every entry in order; its answer is how many there are. */
final class Ledger implements Machine {
    private final List<String> entries = new ArrayList<>();
    private final String poison;

    Ledger() {
        this("");
    }

    /** @param poison an entry that it cannot apply; empty: there is none */
    Ledger(String poison) {
        this.poison = poison;
    }

    @Override
    public synchronized byte[] apply(long index, byte[] entry) {
        if (!poison.isEmpty() && poison.equals(new String(entry, StandardCharsets.UTF_8))) {
            throw new IllegalStateException("poisoned by " + poison);
        }
        entries.add(new String(entry, StandardCharsets.UTF_8));
        return Integer.toString(entries.size()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized SnapshotWriter capture() {
        List<String> now = List.copyOf(entries);
        return out -> {
            DataOutputStream data = new DataOutputStream(out);
            data.writeInt(now.size());
            for (String entry : now) {
                byte[] bytes = entry.getBytes(StandardCharsets.UTF_8);
                data.writeInt(bytes.length);
                data.write(bytes);
            }
        };
    }

    @Override
    public synchronized void restore(InputStream snapshot) throws IOException {
        DataInputStream data = new DataInputStream(snapshot);
        int count = data.readInt();
        entries.clear();
        for (int i = 0; i < count; i++) {
            entries.add(new String(data.readNBytes(data.readInt()), StandardCharsets.UTF_8));
        }
    }

    synchronized List<String> entries() {
        return List.copyOf(entries);
    }

    synchronized String digest() {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            entries.forEach(entry -> sha.update((entry + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
