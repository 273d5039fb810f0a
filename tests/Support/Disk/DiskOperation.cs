namespace AmpEdge.Tests.Support;

/// <summary>What a program may ask of a disk.</summary>
public enum DiskOperation
{
    CreateFolder,
    Create,
    Open,
    Read,
    Write,
    SetLength,
    Sync,
    SyncFolder,
    Rename,
    Link,
    Delete,
    DeleteFolder,
}
