package runtime.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import runtime.image.MediaType;

/** Tells by its first bytes what media type a layer's archive has. */
final class LayerType {
    private LayerType() {
    }

    static MediaType of(Path blob) throws IOException {
        byte[] magic;
        try (InputStream in = Files.newInputStream(blob)) {
            magic = in.readNBytes(4);
        }
        boolean gzip = magic.length >= 2 && (magic[0] & 0xFF) == 0x1F && (magic[1] & 0xFF) == 0x8B;
        boolean zstd = magic.length == 4 && (magic[0] & 0xFF) == 0x28 && (magic[1] & 0xFF) == 0xB5
                && magic[2] == 0x2F && (magic[3] & 0xFF) == 0xFD;
        if (gzip) {
            return MediaType.OCI_LAYER_GZIP;
        }
        return zstd ? MediaType.OCI_LAYER_ZSTD : MediaType.OCI_LAYER;
    }
}
