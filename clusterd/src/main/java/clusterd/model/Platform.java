package clusterd.model;

/**
 * What an image's programs run on (OCI image-index, {@code platform}).
 *
 * @param os           {@code linux}
 * @param architecture as OCI names it: {@code amd64}, {@code arm64}
 */
public record Platform(String os, String architecture) {
    @Override
    public String toString() {
        return os + "/" + architecture;
    }
}
