// Command kro-check judges ResourceGraphDefinitions as kro does when they are applied, without a
// cluster: names, SimpleSchema, templates against the CRDs, expressions and their types.
//
//	kro-check CRDS FILE...
//
// It prints a JSON object: for each file what is wrong, "" where nothing is.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/yaml"

	"github.com/kubernetes-sigs/kro/api/v1alpha1"
	"github.com/kubernetes-sigs/kro/pkg/graph"
)

// known are the kinds of the CRDs; kro asks a cluster for their schemas.
type known map[schema.GroupVersionKind]*spec.Schema

func (k known) ResolveSchema(kind schema.GroupVersionKind) (*spec.Schema, error) {
	if found, ok := k[kind]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("no CRD of %s", kind)
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: kro-check CRDS FILE...")
		os.Exit(2)
	}
	kinds, mapper, err := read(os.Args[1])
	if err == nil {
		err = judge(kinds, mapper, os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func read(folder string) (known, meta.RESTMapper, error) {
	kinds, mapper := known{}, meta.NewDefaultRESTMapper(nil)
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		var crd extv1.CustomResourceDefinition
		if err := yaml.Unmarshal(text, &crd); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, version := range crd.Spec.Versions {
			kind := schema.GroupVersionKind{
				Group: crd.Spec.Group, Version: version.Name, Kind: crd.Spec.Names.Kind,
			}
			form, err := published(version.Schema.OpenAPIV3Schema)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", file, err)
			}
			kinds[kind] = form
			scope := meta.RESTScopeNamespace
			if crd.Spec.Scope == extv1.ClusterScoped {
				scope = meta.RESTScopeRoot
			}
			mapper.Add(kind, scope)
		}
	}
	return kinds, mapper, nil
}

// published is the schema as an API server tells it: with the metadata that every object has.
func published(form *extv1.JSONSchemaProps) (*spec.Schema, error) {
	text, err := json.Marshal(form)
	if err != nil {
		return nil, err
	}
	var made spec.Schema
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, err
	}
	texts := spec.MapProperty(spec.StringProperty())
	metadata := spec.Schema{SchemaProps: spec.SchemaProps{
		Type: []string{"object"},
		Properties: map[string]spec.Schema{
			"name": *spec.StringProperty(), "namespace": *spec.StringProperty(),
			"labels": *texts, "annotations": *texts,
		},
	}}
	made.Properties["metadata"] = metadata
	return &made, nil
}

func judge(kinds known, mapper meta.RESTMapper, files []string) error {
	builder, err := graph.NewBuilder(
		nil, nil, graph.WithSchemaResolver(kinds), graph.WithRESTMapper(mapper),
	)
	if err != nil {
		return err
	}
	verdicts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var definition v1alpha1.ResourceGraphDefinition
		if err = yaml.UnmarshalStrict(text, &definition); err == nil {
			limits := graph.RGDConfig{MaxCollectionSize: 1000, MaxCollectionDimensionSize: 10}
			_, err = builder.NewResourceGraphDefinition(&definition, limits)
		}
		verdicts[file] = ""
		if err != nil {
			verdicts[file] = err.Error()
		}
	}
	return json.NewEncoder(os.Stdout).Encode(verdicts)
}
