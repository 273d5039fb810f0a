namespace AmpEdge.SigV4;

/// <summary>
/// Where credentials come from. Empty: the AWS SDK's default chain. Equal settings, the roles compared one by one, mean
/// the same credentials: one <see cref="CredentialSource"/> serves all who have them.
/// </summary>
public sealed record CredentialSettings
{
    /// <summary>Static keys from a configuration; both halves or neither.</summary>
    public AwsCredentials? StaticKeys { get; init; }

    /// <summary>A profile of the shared AWS files; null for the chain's own choice.</summary>
    public string? Profile { get; init; }

    /// <summary>
    /// Roles to assume in this order: the first with what the chain, the profile or the static keys give, each further
    /// one with the session of the one before. STS limits sessions of a second role and beyond to one hour.
    /// </summary>
    public IReadOnlyList<RoleHop> Roles { get; init; } = [];

    /// <summary>The region whose STS is asked for the roles; null for the one of environment, profile or instance.</summary>
    public string? Region { get; init; }

    /// <summary>Where STS is asked instead of its endpoint in the region, such as a VPC endpoint; null for that one.</summary>
    public Uri? StsEndpoint { get; init; }

    /// <summary>True to ask the FIPS endpoint of STS.</summary>
    public bool UseFipsSts { get; init; }

    /// <summary>The session name of roles that have none of their own.</summary>
    public string RoleSessionName { get; init; } = "ampedge";

    public bool Equals(CredentialSettings? other) =>
        other is not null
        && StaticKeys == other.StaticKeys
        && Profile == other.Profile
        && Region == other.Region
        && StsEndpoint == other.StsEndpoint
        && UseFipsSts == other.UseFipsSts
        && RoleSessionName == other.RoleSessionName
        && HasRoles(other.Roles);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(StaticKeys);
        hash.Add(Profile);
        hash.Add(Region);
        foreach (RoleHop role in Roles)
        {
            hash.Add(role);
        }

        return hash.ToHashCode();
    }

    private bool HasRoles(IReadOnlyList<RoleHop> roles)
    {
        if (Roles.Count != roles.Count)
        {
            return false;
        }

        for (int index = 0; index < roles.Count; index++)
        {
            if (Roles[index] != roles[index])
            {
                return false;
            }
        }

        return true;
    }
}
