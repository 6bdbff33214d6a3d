// Command kubernetes checks the manifests of samples/kubernetes against the types
// that Kubernetes publishes: no field that there is not, no value of another kind,
// no name that leads nowhere. It is a module of its own, so that nobody who builds
// Roomlift builds Kubernetes.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// objects are what a file of manifests holds, by kind and name.
type objects struct {
	secrets map[string]core.Secret
	claims  map[string]core.PersistentVolumeClaim
	jobs    map[string]batch.CronJob
}

func main() {
	for _, path := range os.Args[1:] {
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s:\n%v\n", path, err)
			os.Exit(1)
		}
		fmt.Println(path, "is as Kubernetes wants it")
	}
}

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	all := objects{map[string]core.Secret{}, map[string]core.PersistentVolumeClaim{}, map[string]batch.CronJob{}}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		if err := all.read([]byte(document)); err != nil {
			return err
		}
	}
	if len(all.jobs) == 0 {
		return errors.New("there is no CronJob")
	}
	var faults []error
	for name, claim := range all.claims {
		faults = append(faults, checkClaim(name, claim))
	}
	for name, job := range all.jobs {
		faults = append(faults, all.checkJob(name, job))
	}
	return errors.Join(faults...)
}

// read decodes a document strictly: a field that the type has not is an error.
func (o objects) read(document []byte) error {
	var kind meta.TypeMeta
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	var name string
	var err error
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 Secret":
		name, err = keep(o.secrets, document, func(s core.Secret) string { return s.Name })
	case "v1 PersistentVolumeClaim":
		name, err = keep(o.claims, document, func(c core.PersistentVolumeClaim) string { return c.Name })
	case "batch/v1 CronJob":
		name, err = keep(o.jobs, document, func(j batch.CronJob) string { return j.Name })
	default:
		return fmt.Errorf("%s %s is not known to this check", kind.APIVersion, kind.Kind)
	}
	for _, fault := range validation.IsDNS1123Subdomain(name) {
		err = errors.Join(err, fmt.Errorf("the name %q: %s", name, fault))
	}
	return err
}

func keep[T any](all map[string]T, document []byte, name func(T) string) (string, error) {
	var object T
	if err := yaml.UnmarshalStrict(document, &object); err != nil {
		return "", err
	}
	all[name(object)] = object
	return name(object), nil
}

func checkClaim(name string, claim core.PersistentVolumeClaim) error {
	var faults []error
	for _, mode := range claim.Spec.AccessModes {
		faults = append(faults, oneOf(name+": accessModes", mode,
			core.ReadWriteOnce, core.ReadWriteMany, core.ReadWriteOncePod))
	}
	if claim.Spec.Resources.Requests.Storage().IsZero() {
		faults = append(faults, fmt.Errorf("%s: no storage is requested", name))
	}
	return errors.Join(faults...)
}

func (o objects) checkJob(name string, job batch.CronJob) error {
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	faults := []error{
		oneOf(name+": concurrencyPolicy", job.Spec.ConcurrencyPolicy, batch.ForbidConcurrent),
		oneOf(name+": restartPolicy", pod.RestartPolicy, core.RestartPolicyNever, core.RestartPolicyOnFailure),
		oneOf(name+": seccompProfile", pod.SecurityContext.SeccompProfile.Type,
			core.SeccompProfileTypeRuntimeDefault, core.SeccompProfileTypeUnconfined, core.SeccompProfileTypeLocalhost),
	}
	if fields := strings.Fields(job.Spec.Schedule); len(fields) != 5 {
		faults = append(faults, fmt.Errorf("%s: the schedule has %d fields, not 5", name, len(fields)))
	}
	volumes := map[string]bool{}
	for _, volume := range pod.Volumes {
		volumes[volume.Name] = true
		if claim := volume.PersistentVolumeClaim; claim != nil {
			if _, ok := o.claims[claim.ClaimName]; !ok {
				faults = append(faults, fmt.Errorf("%s: there is no claim %s", name, claim.ClaimName))
			}
		}
		if secret := volume.Secret; secret != nil {
			for _, item := range secret.Items {
				faults = append(faults, o.checkKey(name, secret.SecretName, item.Key, false))
			}
		}
	}
	for _, container := range pod.Containers {
		for _, mount := range container.VolumeMounts {
			if !volumes[mount.Name] {
				faults = append(faults, fmt.Errorf("%s: there is no volume %s to mount", name, mount.Name))
			}
		}
		for _, env := range container.Env {
			if from := env.ValueFrom; from != nil && from.SecretKeyRef != nil {
				optional := from.SecretKeyRef.Optional != nil && *from.SecretKeyRef.Optional
				faults = append(faults, o.checkKey(name, from.SecretKeyRef.Name, from.SecretKeyRef.Key, optional))
			}
		}
	}
	return errors.Join(faults...)
}

// checkKey finds a key in a Secret of the same file.
func (o objects) checkKey(job, secret, key string, optional bool) error {
	object, ok := o.secrets[secret]
	if !ok {
		return fmt.Errorf("%s: there is no Secret %s", job, secret)
	}
	if _, ok := object.StringData[key]; !ok && !optional {
		return fmt.Errorf("%s: the Secret %s has no key %s", job, secret, key)
	}
	return nil
}

func oneOf[T ~string](what string, value T, allowed ...T) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q, not one of %q", what, value, allowed)
}
