package runtime.store;


import org.junit.jupiter.api.Assumptions;

class ImageStoreTest {
    static void assumeRoot() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")),
                "unpacking layers needs root");
    }
}
