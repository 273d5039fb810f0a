namespace AmpEdge.Benchmarks.Ingest;

/// <summary>What a server has on the disk.</summary>
/// <param name="LogBytes">Its log and what it maps of the head.</param>
/// <param name="BlockBytes">Everything else.</param>
/// <param name="BlockSamples">What its blocks say they hold; 0 where they do not say.</param>
internal readonly record struct DiskUse(long LogBytes, long BlockBytes, long BlockSamples)
{
    private static readonly string[] s_logFolders = ["wal", "wbl", "chunks_head"];

    public static DiskUse Of(string folder)
    {
        long log = 0;
        long blocks = 0;
        long samples = 0;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            FileInfo file = new(path);
            bool isLog = Array.Exists(s_logFolders, name => path.Contains($"/{name}/", StringComparison.Ordinal));
            log += isLog ? file.Length : 0;
            blocks += isLog ? 0 : file.Length;
            if (file.Name == "meta.json")
            {
                using System.Text.Json.JsonDocument meta = System.Text.Json.JsonDocument.Parse(File.ReadAllText(path));
                samples += meta.RootElement.TryGetProperty("stats", out System.Text.Json.JsonElement stats)
                    && stats.TryGetProperty("numSamples", out System.Text.Json.JsonElement count) ? count.GetInt64() : 0;
            }
        }

        return new DiskUse(log, blocks, samples);
    }
}
