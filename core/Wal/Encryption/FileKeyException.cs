namespace AmpEdge.Wal;

/// <summary>A file is encrypted with another key than the one given.</summary>
public sealed class FileKeyException(string path)
    : IOException($"{path} is encrypted with another key than the one given: give the key that it was written with")
{
    public string Path { get; } = path;
}
