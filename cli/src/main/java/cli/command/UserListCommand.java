package cli.command;

import api.cluster.ListUsersRequest;
import api.cluster.ListUsersResponse;
import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists the people who may call from elsewhere. */
final class UserListCommand implements Command {

    @Override
    public Syntax syntax() {
        return Listing.addTo(new Syntax("cluster user ls", "List the people who have certificates"));
    }

    @Override
    public int run(Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        ListUsersResponse response;
        try (NodeClient client = NodeClient.connectToCluster(console)) {
            response = client.unary("ListUsers", ListUsersRequest.getDefaultInstance(), ListUsersResponse.parser());
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (ListUsersResponse.User user : response.getUsersList()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("Name", user.getName());
            row.put("Role", user.getRole());
            rows.add(row);
        }
        new Listing("Name",
                new Listing.Column("NAME", "Name", false),
                new Listing.Column("ROLE", "Role", false)).print(rows, arguments, console);
        return 0;
    }
}
