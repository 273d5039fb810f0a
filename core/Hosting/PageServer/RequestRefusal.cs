namespace AmpEdge.Hosting;

/// <summary>Why a request is not served: the status to answer with, and one line for the client.</summary>
internal readonly record struct RequestRefusal(int Status, string Reason)
{
    public static RequestRefusal None => default;

    public bool IsRefused => Status != 0;

    public static RequestRefusal Malformed(string what) => new(400, "malformed request: " + what);
}
