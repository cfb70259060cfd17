package runtime.oci;

/** How far a container is (OCI runtime-spec runtime.md, state), and paused, as all runtimes have it. */
public enum ContainerStatus {
    CREATING("creating"), CREATED("created"), RUNNING("running"), PAUSED("paused"),
    STOPPED("stopped");

    private final String word;

    ContainerStatus(String word) {
        this.word = word;
    }

    /** The word the specification has for it. */
    public String word() {
        return word;
    }
}
