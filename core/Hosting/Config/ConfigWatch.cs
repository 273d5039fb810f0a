using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Hosting;

/// <summary>
/// Reloads when the content of a configuration's files has changed. By content, because a Kubernetes volume swaps links and
/// an editor may touch a file without changing it.
/// </summary>
public sealed class ConfigWatch
{
    /// <summary>How long content must stay the same before it is taken: a file may be seen half-written.</summary>
    private static readonly TimeSpan s_settleTime = TimeSpan.FromSeconds(1);

    private readonly Func<IReadOnlyList<string>> _files;
    private readonly Func<CancellationToken, Task<string?>> _reload;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private byte[] _known;

    /// <param name="files">All files of the configuration in force; asked anew at each look.</param>
    /// <param name="reload">Loads and applies; its problems are said by itself.</param>
    /// <param name="interval">Between two looks.</param>
    /// <param name="time">The clock of the looks.</param>
    /// <param name="log">Says why a reload happens.</param>
    public ConfigWatch(
        Func<IReadOnlyList<string>> files, Func<CancellationToken, Task<string?>> reload, TimeSpan interval,
        TimeProvider time, ILogger log)
    {
        _files = files;
        _reload = reload;
        _interval = LongWait.Bounded(interval);
        _time = time;
        _log = log;
        _known = Fingerprint(files());
    }

    /// <summary>Looks and reloads until <paramref name="stop"/>; a bad configuration is tried again when it changes again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(_interval, _time, stop);
            IReadOnlyList<string> files = _files();
            byte[] seen = Fingerprint(files);
            if (seen.AsSpan().SequenceEqual(_known))
            {
                continue;
            }

            seen = await SettleAsync(files, seen, stop);
            ConfigLog.FilesChanged(_log);
            await _reload(stop);

            // The new configuration may name other files. What changed while it was read shows as a change at the next look.
            bool unchanged = Fingerprint(files).AsSpan().SequenceEqual(seen);
            _known = unchanged ? Fingerprint(_files()) : seen;
        }
    }

    private async Task<byte[]> SettleAsync(IReadOnlyList<string> files, byte[] seen, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(s_settleTime, _time, stop);
            byte[] again = Fingerprint(files);
            if (again.AsSpan().SequenceEqual(seen))
            {
                return again;
            }

            seen = again;
        }
    }

    /// <summary>A hash over names and contents; a file that cannot be read counts with the reason.</summary>
    private static byte[] Fingerprint(IReadOnlyList<string> files)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            try
            {
                using FileStream content = File.OpenRead(file);
                hash.AppendData(SHA256.HashData(content));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(error.GetType().Name));
            }
        }

        return hash.GetHashAndReset();
    }
}
