# powershell completion of provisioning
Register-ArgumentCompleter -Native -CommandName provisioning,prv -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') { $words += '' }
    & $commandAst.CommandElements[0].ToString() __complete -- @words 2>$null | ForEach-Object {
        if ($_ -eq ':files' -or $_ -eq ':folders') {
            Get-ChildItem -Path "$wordToComplete*" -Name
        } else {
            $parts = $_ -split "`t", 2
            $about = if ($parts.Count -gt 1 -and $parts[1]) { $parts[1] } else { $parts[0] }
            [System.Management.Automation.CompletionResult]::new($parts[0], $parts[0], 'ParameterValue', $about)
        }
    }
}
