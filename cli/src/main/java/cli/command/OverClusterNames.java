package cli.command;

import java.io.IOException;

/** As {@link OverNames}, with the cluster's calls. */
interface OverClusterNames extends OverNames {

    @Override
    default NodeClient connected(Console console) throws UsageException, IOException {
        return NodeClient.connectToCluster(console);
    }
}
