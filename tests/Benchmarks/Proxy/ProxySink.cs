using System.Globalization;
using AmpEdge.Benchmarks.Agents;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>The upstream of all: an nginx that reads and drops bodies and answers from memory or a file.</summary>
internal static class ProxySink
{
    private const string SmallAnswer =
        """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"api"},"value":[1763870000,"42.5"]}]}}""";

    public static Task<Nginx> StartAsync(string folder, int port, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        byte[] large = new byte[ProxyWorkload.LargeAnswerBytes];
        Array.Fill(large, (byte)'7');
        File.WriteAllBytes(Path.Combine(folder, "large.json"), large);
        return Nginx.StartAsync(
            folder,
            port,
            string.Create(CultureInfo.InvariantCulture, $$"""
              access_log off; sendfile on; tcp_nodelay on; default_type application/json;
              server {
                listen 127.0.0.1:{{port}};
                location {{ProxyWorkload.Api}}/remote_write { return 204; }
                location {{ProxyWorkload.Api}}/query { return 200 '{{SmallAnswer}}'; }
                location {{ProxyWorkload.Api}}/query_range { alias {{folder}}/large.json; }
              }
            """),
            time);
    }
}
