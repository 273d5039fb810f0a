namespace AmpEdge.Agent.Discovery;

/// <summary>One request to a service of AWS.</summary>
/// <param name="Service">The name that signs and that begins host names: <c>ec2</c>, <c>ecs</c>.</param>
/// <param name="Operation">Such as <c>DescribeInstances</c>, for metrics and messages.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Target">The header <c>X-Amz-Target</c> of the JSON protocol; null for none.</param>
/// <param name="Body">Sent and signed.</param>
internal sealed record AwsCall(string Service, string Operation, string ContentType, string? Target, byte[] Body)
{
    public override string ToString() => $"{Service}:{Operation}";
}
