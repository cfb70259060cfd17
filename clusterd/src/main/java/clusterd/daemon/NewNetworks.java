package clusterd.daemon;

import clusterd.control.ClusterService;
import clusterd.model.NetworkId;
import java.util.Collection;
import java.util.HexFormat;
import overlaynet.ipam.Subnet;

/** What a manager makes a network of. */
record NewNetworks(ClusterSettings settings) implements ClusterService.Networks {
    private static final int ID_BYTES = 32;

    @Override
    public NetworkId freshId() {
        byte[] bytes = new byte[ID_BYTES];
        settings.random().nextBytes(bytes);
        return new NetworkId(HexFormat.of().formatHex(bytes));
    }

    @Override
    public Collection<Subnet> reached() {
        return settings.networks().reached();
    }
}
