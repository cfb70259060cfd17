package clusterd.compose;

/**
 * A key of the Compose specification, or one of jctl's own.
 *
 * @param path     {@code services.*.ports.target}: {@code *} stands for a name, lists leave no trace
 * @param standing what becomes of it
 * @param note     why, or what is particular; {@code ""} = nothing
 */
public record Key(String path, Standing standing, String note) {
}
