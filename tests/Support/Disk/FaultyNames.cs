using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace AmpEdge.Tests.Support;

/// <summary>
/// The names of files and folders on a <see cref="FaultyFileSystem"/>, and which of them would outlive a power cut: those
/// whose folder was synced since they came. Guarded by its owner's lock.
/// </summary>
internal sealed class FaultyNames
{
    private readonly Dictionary<string, FaultyFile> _files = [];
    private readonly Dictionary<string, FaultyFile> _durable = [];
    private readonly HashSet<string> _folders = [];

    /// <summary>Folders that were renamed since the folder around them was synced; a power cut may undo that, as a whole.</summary>
    private readonly List<(string From, string To)> _unsyncedRenames = [];

    public FaultyFile this[string path]
    {
        get => _files[path];
        set => _files[path] = value;
    }

    public long Bytes => _files.Values.Sum(static file => (long)file.Content.Count);

    public IReadOnlyList<string> Paths() => [.. _files.Keys.Order(StringComparer.Ordinal)];

    public bool Contains(string path) => _files.ContainsKey(path);

    public bool TryGet(string path, [NotNullWhen(true)] out FaultyFile? file) => _files.TryGetValue(path, out file);

    public void AddFolder(string folder) => _folders.Add(folder);

    public void Remove(string path) => _files.Remove(path);

    public IReadOnlyList<string> List(string folder)
    {
        string prefix = Prefix(folder);
        HashSet<string> names = [];
        foreach (string path in _files.Keys.Concat(_folders))
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length)
            {
                names.Add(path[prefix.Length..].Split('/')[0]);
            }
        }

        return [.. names];
    }

    public void Rename(string from, string to)
    {
        if (_files.Remove(from, out FaultyFile? file))
        {
            _files[to] = file;
            return;
        }

        MoveFolder(from, to);
        _unsyncedRenames.Add((from, to));
    }

    /// <summary>Deletes a folder, or half of the files in it.</summary>
    public void DeleteFolder(string folder, bool half)
    {
        string prefix = Prefix(folder);
        string[] doomed = _files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        foreach (string path in half ? doomed[..(doomed.Length / 2)] : doomed)
        {
            _files.Remove(path);
        }

        if (!half)
        {
            _folders.RemoveWhere(path => path == folder || path.StartsWith(prefix, StringComparison.Ordinal));
        }
    }

    /// <summary>What names there are in a folder now is what a power cut leaves.</summary>
    public void SyncFolder(string folder)
    {
        string prefix = Prefix(folder);
        _unsyncedRenames.RemoveAll(rename => IsDirectChild(rename.To, prefix));
        foreach (string path in _durable.Keys.Where(path => IsDirectChild(path, prefix)).ToArray())
        {
            _durable.Remove(path);
        }

        foreach ((string path, FaultyFile file) in _files)
        {
            if (IsDirectChild(path, prefix))
            {
                _durable[path] = file;
            }
        }
    }

    /// <summary>The power is gone: names that came or went since their folder was synced are there or not by chance.</summary>
    public void LoseUnsynced(Gen gen)
    {
        for (int index = _unsyncedRenames.Count - 1; index >= 0; index--)
        {
            if (gen.Bool())
            {
                MoveFolder(_unsyncedRenames[index].To, _unsyncedRenames[index].From);
            }
        }

        _unsyncedRenames.Clear();
        foreach (string path in _files.Keys.ToArray())
        {
            if (!_durable.ContainsKey(path) && gen.Bool())
            {
                _files.Remove(path);
            }
        }

        foreach ((string path, FaultyFile file) in _durable)
        {
            // A name that went is back, and one that a rename put another file behind has the old one again.
            if ((!_files.TryGetValue(path, out FaultyFile? now) || now != file) && gen.Bool())
            {
                _files[path] = file;
            }
        }

        foreach (FaultyFile file in _files.Values)
        {
            file.LoseUnsynced(gen);
        }
    }

    private static string Prefix(string folder) => folder.TrimEnd('/') + "/";

    private static bool IsDirectChild(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && !path[prefix.Length..].Contains('/', StringComparison.Ordinal);

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>What is known to be on the disk of a folder's content goes with the folder.</summary>
    private void MoveFolder(string from, string to)
    {
        MoveNames(_files, from, to);
        MoveNames(_durable, from, to);
        foreach (string folder in _folders.Where(path => IsWithin(path, from)).ToArray())
        {
            _folders.Remove(folder);
            _folders.Add(to + folder[from.Length..]);
        }
    }

    private static void MoveNames(Dictionary<string, FaultyFile> names, string from, string to)
    {
        foreach (string path in names.Keys.Where(path => IsWithin(path, from)).ToArray())
        {
            names.Remove(path, out FaultyFile? file);
            names[to + path[from.Length..]] = file!;
        }
    }
}
