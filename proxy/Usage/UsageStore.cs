using System.Globalization;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.Wal;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Proxy.Usage;

/// <summary>The state file of one proxy, which nobody else writes meanwhile.</summary>
internal sealed class UsageStore(string path, UsageBounds bounds, IFileSystem files, ILogger log, TimeProvider time) : IDisposable
{
    private readonly RepeatedErrorGate _failures = new(time);
    private readonly ByteBuffer _bytes = new();
    private IDisposable? _lock;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Takes the file and reads it; null when there is none yet. A damaged one is set aside.</summary>
    /// <exception cref="StartFailedException">The folder cannot be used, or another process uses the file.</exception>
    public UsageState? Open()
    {
        try
        {
            files.CreateFolder(System.IO.Path.GetDirectoryName(Path) ?? ".");
            _lock = files.TryLock(Path + ".lock") ?? throw new StartFailedException(
                $"usage.state_file: {Path} is used by another process; give every replica a file of its own and merge them with 'ampedge-proxy usage merge'");
            return Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartFailedException($"usage.state_file: {Path} cannot be used: {error.Message}");
        }
    }

    /// <summary>Turns the state into the bytes that <see cref="Save"/> writes: quick, where the disk may be slow.</summary>
    public void Encode(UsageState state)
    {
        _bytes.Clear();
        UsageFile.Write(_bytes, state);
    }

    /// <summary>Writes what was encoded last over the file; false when the disk refuses, which is logged.</summary>
    public bool Save()
    {
        try
        {
            AtomicFile.Write(files, Path, _bytes.Written);
            _failures.Recovered(out _);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (_failures.ShouldLog(error.Message, out long heldBack))
            {
                UsageLog.SaveFailed(log, Path, error.Message, heldBack);
            }

            return false;
        }
    }

    public void Dispose() => _lock?.Dispose();

    private UsageState? Read()
    {
        string problem;
        try
        {
            if (AtomicFile.TryRead(files, Path, UsageFile.MaxBytes) is not { } bytes)
            {
                return null;
            }

            if (UsageFile.Read(bytes, bounds, out problem) is { } state)
            {
                return state;
            }
        }
        catch (InvalidDataException tooLarge)
        {
            problem = tooLarge.Message;
        }

        string setAside = string.Create(
            CultureInfo.InvariantCulture, $"{Path}.damaged-{time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        files.Rename(Path, setAside);
        UsageLog.Damaged(log, Path, problem, setAside);
        return null;
    }
}
