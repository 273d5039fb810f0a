namespace AmpEdge.Hosting;

/// <summary>A socket in the file system to listen on.</summary>
/// <param name="Path">Where it lies; a socket that nobody listens on any more is replaced.</param>
/// <param name="Mode">Who may connect: those who may write.</param>
public sealed record UnixSocket(string Path, UnixFileMode Mode);
