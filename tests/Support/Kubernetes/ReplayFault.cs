namespace AmpEdge.Tests.Support.Kubernetes;

/// <summary>What the server does to a request instead of answering it.</summary>
public sealed record ReplayFault
{
    /// <summary>Which requests, by their target; all of them unless said.</summary>
    public Func<string, bool> Matches { get; init; } = static _ => true;

    /// <summary>How many requests it befalls.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The whole reply, head and body, byte for byte; null: the connection is closed without a byte.</summary>
    public byte[]? Reply { get; init; }

    /// <summary>True: no byte is ever sent.</summary>
    public bool Hangs { get; init; }

    /// <summary>A recorded reply, such as <c>errors/403-list</c>.</summary>
    public static ReplayFault Recorded(string name, Func<string, bool>? matches = null, int times = 1)
    {
        string head = Oracle.Locate($"kubernetes/{name}.head");
        string folder = Path.GetDirectoryName(head) ?? "";
        byte[] body = [];
        foreach (string file in Directory.EnumerateFiles(folder, Path.GetFileName(name) + ".*"))
        {
            if (!file.EndsWith(".head", StringComparison.Ordinal) && !file.EndsWith(".wire", StringComparison.Ordinal))
            {
                body = File.ReadAllBytes(file);
            }
        }

        return new ReplayFault
        {
            Matches = matches ?? (static _ => true),
            Times = times,
            Reply = [.. Plain(File.ReadAllText(head), body.Length), .. body],
        };
    }

    /// <summary>The recorded head with the body's length in the place of how it was chunked then.</summary>
    private static byte[] Plain(string head, int length)
    {
        List<string> lines = [];
        foreach (string line in head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string lower = line.ToLowerInvariant();
            if (!lower.StartsWith("transfer-encoding:", StringComparison.Ordinal)
                && !lower.StartsWith("content-length:", StringComparison.Ordinal)
                && !lower.StartsWith("connection:", StringComparison.Ordinal))
            {
                lines.Add(line);
            }
        }

        lines.Add($"Content-Length: {length}");
        lines.Add("Connection: close");
        return System.Text.Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");
    }
}
