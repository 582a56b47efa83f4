import com.amazonaws.services.dynamodbv2.local.monitoring.Telemetry;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandler;

/**
 * DynamoDB Local in memory, on the loopback interface alone, at a port that the system chooses.
 *
 * <p>Its own main program listens on every interface and has to be told a port that may be taken by
 * then. This one prints the port when it is ready, and ends with its standard input: whoever started
 * it need not live to stop it.
 */
public class LocalOnLoopback {
    public static void main(String[] arguments) throws Exception {
        Telemetry.configureTelemetry("MAVEN", "IN_MEMORY", false);
        var requests = new LocalDynamoDBRequestHandler(0, true, null, false, false);
        var server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setHandler(new ContextHandler(new LocalDynamoDBServerHandler(requests, null)));
        server.start();
        System.out.println(((NetworkConnector) server.getConnectors()[0]).getLocalPort());
        while (System.in.read() >= 0) {
            // Nothing is read from it: only its end counts.
        }
        System.exit(0);
    }
}
