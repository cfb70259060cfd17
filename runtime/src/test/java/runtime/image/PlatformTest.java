package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    @ParameterizedTest
    @CsvSource({
        "x86_64, linux/amd64", "linux/aarch64, linux/arm64", "linux/arm64/v8, linux/arm64",
        "linux/arm/v7, linux/arm", "linux/arm/v6, linux/arm/v6", "armel, linux/arm/v6",
        "Linux/AMD64/v1, linux/amd64", "linux/amd64/v3, linux/amd64/v3",
        "windows/amd64, windows/amd64", "i686, linux/386",
    })
    void readsSpellingsOfOtherTools(String typed, String normal) throws ImageFormatException {
        assertEquals(normal, Platform.parse(typed).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64, 0", "linux/amd64, linux/amd64/v1, 0",
        "linux/amd64, linux/amd64/v2, -1", "linux/amd64/v3, linux/amd64, 2",
        "linux/arm/v7, linux/arm/v6, 1", "linux/arm/v6, linux/arm/v7, -1",
        "linux/arm64, linux/arm/v7, -1", "linux/amd64, windows/amd64, -1",
        "linux/arm64, linux/arm64/v9, -1", "linux/riscv64, linux/riscv64, 0",
        "linux/amd64, unknown/unknown, -1", "linux/amd64, linux/amd64/zen, -1",
    })
    void knowsWhatRunsWhere(String host, String offered, int distance)
            throws ImageFormatException {
        assertEquals(distance,
                Platform.parse(host).distance(Platform.parse(offered)).orElse(-1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "linux/", "a/b/c/d", "li nux/amd64", "linux//v7"})
    void refusesWhatIsNoPlatform(String text) {
        assertThrows(ImageFormatException.class, () -> Platform.parse(text));
    }

    @Test
    void linuxIsTheDefault() {
        assertEquals(new Platform("linux", "arm64", "v8"), Platform.linux("aarch64"));
    }
}
